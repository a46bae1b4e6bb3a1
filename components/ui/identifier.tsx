import { classNames } from '@/components/class-names'
import { CopyButton } from './copy-button'

interface IdentifierProps {
  value: string
  /** ICCID, EID, …: names the copy button. */
  what: string
  /** Lets long values break; otherwise they stay on one line. */
  wrap?: boolean
  className?: string
}

/** An identifier in tabular monospace with a button that copies it, unless it is masked. */
export const Identifier = ({ value, what, wrap, className }: IdentifierProps) => (
  <span className={classNames('inline-flex min-w-0 max-w-full items-center gap-1', className)}>
    <span className={classNames('identifier', wrap ? 'break-all' : 'truncate')}>{value}</span>
    {value.startsWith('•') ? null : <CopyButton text={value} what={what} />}
  </span>
)
