import type { Queryable } from '../pool'

/** Every eUICC that a profile had to do with: it took the package, an order was for it, or it stands on the timeline. */
export async function profileEids(db: Queryable, iccid: string): Promise<string[]> {
  const { rows } = await db.query<{ eid: string }>({
    text: `SELECT eid FROM profile WHERE iccid = $1 AND eid IS NOT NULL
      UNION SELECT eid FROM download_order WHERE iccid = $1 AND eid IS NOT NULL
      UNION SELECT eid FROM profile_event WHERE iccid = $1 AND eid IS NOT NULL ORDER BY eid`,
    values: [iccid],
  })
  return rows.map(({ eid }) => eid)
}
