import { answerFor } from '../answer'

interface Params {
  params: Promise<{ token: string; part: string }>
}

const answer = async (request: Request, { params }: Params): Promise<Response> => {
  const { token, part } = await params
  return answerFor(request, `/e/${token}/${part}`)
}

/** GET /e/<token>/state: how far the eSIM is. */
export const GET = answer

/** POST /e/<token>/seen: a person has the page before them. */
export const POST = answer
