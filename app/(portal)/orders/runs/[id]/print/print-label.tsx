import type { Label } from '@/lib/orders/documents/label'
import { inFours } from '@/lib/orders/documents/label-words'
import { qrPath } from '@/lib/orders/documents/qr-svg'
import { qrSymbol } from '@/lib/orders/documents/qr-symbol'

/** A code on paper: black on white in every theme. */
export function PrintLabel({ label }: { label: Label }) {
  const { side, path } = qrPath(qrSymbol(label.qrText))
  const iccid = inFours(label.iccid)
  return (
    <li className="flex break-inside-avoid items-center gap-2 rounded-md border border-neutral-300 bg-white p-2 text-black print:gap-0 print:p-1">
      <svg
        viewBox={`0 0 ${side} ${side}`}
        role="img"
        aria-label={`QR code of ${iccid}`}
        shapeRendering="crispEdges"
        className="size-28 shrink-0 print:size-24"
      >
        <path fill="#fff" d={`M0 0h${side}v${side}H0z`} />
        <path fill="#000" d={path} />
      </svg>
      <div className="min-w-0 break-words text-xs leading-snug print:text-[0.625rem]">
        <p className="font-mono text-[0.6875rem] tabular-nums print:text-[0.5625rem]">{iccid}</p>
        {label.reference ? <p>{label.reference}</p> : null}
        {label.confirmationCode ? (
          <p>
            Confirmation code <strong className="font-mono text-sm">{label.confirmationCode}</strong>
          </p>
        ) : null}
        {label.confirmationCodeRequired && !label.confirmationCode ? <p>Confirmation code needed</p> : null}
        {label.expiresAt ? <p>Valid until {label.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</p> : null}
      </div>
    </li>
  )
}
