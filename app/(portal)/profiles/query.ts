import { PAGE_SIZES } from '@/components/data-table/page-sizes'
import { PAGING_CAP, PROFILE_SORTS, type ProfileQuery, type ProfileSort } from '@/lib/db/portal/profile-list'
import { PROFILE_STATES, RUNTIME_STATES } from '@/lib/rsp/lifecycle'

export type SearchParameters = Record<string, string | string[] | undefined>

const single = (value: string | string[] | undefined): string => ((Array.isArray(value) ? value[0] : value) ?? '').replace(/\p{Cc}/gu, ' ')

const members = <T extends string>(value: string | string[] | undefined, all: readonly T[]): T[] => {
  const named = single(value).split(',')
  return all.filter(each => named.includes(each))
}

const whole = (value: string | string[] | undefined): number | undefined => {
  const text = single(value)
  return /^[1-9][0-9]{0,6}$/.test(text) ? Number(text) : undefined
}

const defaultSort: ProfileSort = 'changed'

/** Reads the table's state from the URL; what makes no sense is as good as absent. */
export function readProfileQuery(parameters: SearchParameters): ProfileQuery {
  const sort = single(parameters.sort)
  const by = PROFILE_SORTS.find(each => each === sort.replace(/^-/, ''))
  const pageSize = PAGE_SIZES.find(size => size === whole(parameters.size)) ?? 50
  return {
    search: single(parameters.q).slice(0, 200),
    states: members(parameters.state, PROFILE_STATES),
    type: single(parameters.type) || undefined,
    runtimeStates: members(parameters.runtime, RUNTIME_STATES),
    sort: by ?? defaultSort,
    descending: by ? sort.startsWith('-') : true,
    page: Math.min(whole(parameters.page) ?? 1, Math.floor(PAGING_CAP / pageSize)),
    pageSize,
  }
}
