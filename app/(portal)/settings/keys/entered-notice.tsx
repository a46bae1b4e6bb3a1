import { Notice } from '@/components/ui/notice'
import type { EnteredTransportKey } from '@/lib/inventory/transport-keys'

const titles = {
  inUse: 'The key is in use.',
  waiting: 'The key is kept. A second person has to approve it.',
  incomplete: 'Your part is kept. The others have to enter theirs.',
}

/** What came of entering a key: check values to compare with the paper. */
export const EnteredNotice = ({ entered: { state, checkValue, kcv } }: { entered: EnteredTransportKey }) => (
  <Notice tone={state === 'inUse' ? 'good' : 'info'} title={titles[state]} live>
    <dl className="mt-2 grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1">
      <dt>Check value of what you entered</dt>
      <dd className="identifier font-semibold text-base">{checkValue}</dd>
      {kcv && kcv !== checkValue ? (
        <>
          <dt>Check value of the whole key</dt>
          <dd className="identifier font-semibold text-base">{kcv}</dd>
        </>
      ) : null}
    </dl>
    <p className="mt-2">
      Compare with the vendor’s paper. If it differs,{' '}
      {state === 'incomplete' ? 'enter your part again' : 'retire the key and enter it again'}.
    </p>
  </Notice>
)
