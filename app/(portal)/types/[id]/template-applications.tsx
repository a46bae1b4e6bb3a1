import type { TemplateReport } from '@/lib/inventory/templates'

type Element = TemplateReport['tree']['elements'][number]
type Application = Element['applications'][number]

const KINDS: Record<Application['kind'], string> = {
  'security-domain': 'Security domain',
  rfm: 'Remote file management',
  application: 'Application',
  'load-package': 'Applet package',
}

/** What an element brings of applications, with the kind of their keys. */
export const Applications = ({ applications }: { applications: Application[] }) =>
  applications.length === 0 ? null : (
    <ul className="flex flex-col gap-2">
      {applications.map(({ kind, aid, tars, keys, securityDomainAid }) => (
        <li key={`${kind} ${aid}`} className="min-w-0">
          {KINDS[kind]} <span className="identifier break-all">{aid}</span>
          {tars.length > 0 ? (
            <span className="text-quiet">
              , TAR <span className="identifier">{tars.join(', ')}</span>
            </span>
          ) : null}
          {securityDomainAid ? (
            <span className="text-quiet">
              , of security domain <span className="identifier break-all">{securityDomainAid}</span>
            </span>
          ) : null}
          {keys.length > 0 ? (
            <ul className="mt-0.5 ml-1 border-l pl-3 text-quiet">
              {keys.map(({ keyVersion, keyId, type, bytes }) => (
                <li key={`${keyVersion} ${keyId}`}>
                  Key {keyId} of version {keyVersion}: {type}, {bytes} octets
                </li>
              ))}
            </ul>
          ) : null}
        </li>
      ))}
    </ul>
  )

/** Which PINs, PUKs and administrative keys an element defines; none of their values is known here. */
export const Codes = ({ codes }: { codes: Element['codes'] }) =>
  codes.length === 0 ? null : (
    <ul className="flex flex-col gap-0.5">
      {codes.map(({ reference, name, pukReference }) => (
        <li key={reference}>
          {name}
          {pukReference === undefined ? null : <span className="text-quiet">, unblocked by PUK reference {pukReference}</span>}
        </li>
      ))}
    </ul>
  )
