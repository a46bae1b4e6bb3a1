'use client'

import Link from 'next/link'
import type { Column } from '@/components/data-table/features'
import { LiveBadge, RuntimeBadge, StateBadge } from '@/components/profile/state-badge'
import { CopyButton } from '@/components/ui/copy-button'
import { Identifier } from '@/components/ui/identifier'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ProfileRow } from '@/lib/db/portal/profile-list'

const none = <span className="text-quiet">–</span>

export const columns: Column<ProfileRow>[] = [
  {
    id: 'iccid',
    header: 'ICCID',
    meta: { label: 'ICCID', sort: 'iccid', anchor: true },
    cell: ({ row }) => (
      <span className="inline-flex items-center gap-1">
        <Link
          data-row-link
          href={`/profiles/${row.original.iccid}`}
          prefetch={false}
          className="identifier rounded font-medium text-accent underline-offset-2 hover:underline"
        >
          {row.original.iccid}
        </Link>
        <CopyButton text={row.original.iccid} what="ICCID" className="max-sm:hidden" />
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    meta: { label: 'State' },
    cell: ({ row }) => <StateBadge state={row.original.state} />,
  },
  {
    id: 'runtime',
    header: 'On the device',
    meta: { label: 'On the device' },
    cell: ({ row }) => (row.original.runtimeState ? <RuntimeBadge state={row.original.runtimeState} /> : none),
  },
  {
    id: 'type',
    header: 'Type',
    meta: { label: 'Type' },
    cell: ({ row }) => (
      <span className="inline-flex items-center gap-2">
        {row.original.type}
        {row.original.live ? null : <LiveBadge live={false} />}
      </span>
    ),
  },
  {
    id: 'batch',
    header: 'Batch',
    meta: { label: 'Batch', hidden: true },
    cell: ({ row }) =>
      row.original.batchId ? (
        <Link href={`/batches/${row.original.batchId}`} prefetch={false} className="rounded text-accent underline-offset-2 hover:underline">
          {row.original.batch}
        </Link>
      ) : (
        none
      ),
  },
  {
    id: 'matchingId',
    header: 'Matching ID',
    meta: { label: 'Matching ID' },
    cell: ({ row }) => (row.original.matchingId ? <Identifier value={row.original.matchingId} what="matching ID" /> : none),
  },
  {
    id: 'eid',
    header: 'EID',
    meta: { label: 'EID', hidden: true },
    cell: ({ row }) => (row.original.eid ? <Identifier value={row.original.eid} what="EID" /> : none),
  },
  {
    id: 'name',
    header: 'Name',
    meta: { label: 'Name', hidden: true },
    cell: ({ row }) => row.original.packageName || none,
  },
  {
    id: 'imsi',
    header: 'IMSI',
    meta: { label: 'IMSI', hidden: true },
    cell: ({ row }) => (row.original.imsi ? <Identifier value={row.original.imsi} what="IMSI" /> : none),
  },
  {
    id: 'msisdn',
    header: 'MSISDN',
    meta: { label: 'MSISDN', hidden: true },
    cell: ({ row }) => (row.original.msisdn ? <Identifier value={row.original.msisdn} what="MSISDN" /> : none),
  },
  {
    id: 'changed',
    header: 'Changed',
    meta: { label: 'Changed', sort: 'changed', descendingFirst: true },
    cell: ({ row }) => <RelativeTime at={row.original.changedAt} />,
  },
  {
    id: 'added',
    header: 'Added',
    meta: { label: 'Added', sort: 'added', descendingFirst: true, hidden: true },
    cell: ({ row }) => <RelativeTime at={row.original.addedAt} />,
  },
]

/** For those who may not see batches: their names, no links. */
export const withoutBatches: Column<ProfileRow>[] = columns.map(column =>
  column.id === 'batch' ? { ...column, cell: ({ row }) => row.original.batch ?? none } : column,
)
