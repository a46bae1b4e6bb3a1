import { QrCode } from '@/components/qr-code'
import { CopyButton } from '@/components/ui/copy-button'
import type { OfferedTotp } from '@/lib/accounts/factors/totp'

/** What an authenticator app is to scan, or a person to type into it. */
export const AuthenticatorSteps = ({ uri, secret }: Pick<OfferedTotp, 'uri' | 'secret'>) => (
  <div className="flex flex-col gap-3">
    <p className="text-sm">Scan this with an authenticator app on your phone.</p>
    <QrCode text={uri} label="QR code for the authenticator app" className="w-48 max-w-full self-center rounded-md border" />
    <details className="text-sm">
      <summary className="cursor-pointer text-quiet">It cannot scan? Type this key into it</summary>
      <p className="mt-2 flex items-center gap-1.5">
        <code className="min-w-0 break-words font-mono text-xs">{secret}</code>
        <CopyButton text={secret.replaceAll(' ', '')} what="key" />
      </p>
    </details>
  </div>
)
