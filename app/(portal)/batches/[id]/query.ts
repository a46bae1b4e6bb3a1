export type SearchParameters = Record<string, string | string[] | undefined>

export interface FindingsQuery {
  kind: string | undefined
  /** The last line of the page before */
  after: number | undefined
}

const single = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

/** Which findings the URL asks for; what makes no sense is as good as absent. */
export function readFindingsQuery(parameters: SearchParameters): FindingsQuery {
  const kind = single(parameters.kind)
  const after = single(parameters.after)
  return {
    kind: /^[a-z][a-z0-9-]{0,40}$/.test(kind) ? kind : undefined,
    after: /^[0-9]{1,9}$/.test(after) ? Number(after) : undefined,
  }
}
