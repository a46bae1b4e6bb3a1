import { answerFor } from './answer'

interface Params {
  params: Promise<{ token: string }>
}

/** GET /e/<token>: the customer's page of one eSIM. */
export const GET = async (request: Request, { params }: Params): Promise<Response> => answerFor(request, `/e/${(await params).token}`)
