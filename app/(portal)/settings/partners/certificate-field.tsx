'use client'

import { Field } from '@/components/ui/field'
import { Input, Select, TextArea } from '@/components/ui/input'

/** How a person says by what certificate a partner is known. */
export interface CertificateDraft {
  by: 'file' | 'fingerprint'
  file: File | undefined
  fingerprint: string
}

export const noCertificate: CertificateDraft = { by: 'file', file: undefined, fingerprint: '' }

/** What the server takes; a larger body would not reach it. */
const maxBytes = 100_000

/** What the action takes, or what is missing. */
export async function givenCertificate(
  draft: CertificateDraft,
): Promise<{ given: { file: Uint8Array<ArrayBuffer> } | { fingerprint: string } } | { missing: string }> {
  if (draft.by === 'fingerprint') return { given: { fingerprint: draft.fingerprint } }
  if (!draft.file) return { missing: 'Choose the file with the certificate.' }
  if (draft.file.size > maxBytes) return { missing: 'This file is too large for a certificate.' }
  return { given: { file: new Uint8Array(await draft.file.arrayBuffer()) } }
}

interface CertificateFieldProps {
  draft: CertificateDraft
  onChange: (draft: CertificateDraft) => void
  errors: Record<string, string>
}

/** Asks for a certificate: a file, or its fingerprint. */
export function CertificateField({ draft, onChange, errors }: CertificateFieldProps) {
  return (
    <>
      <Field label="Known by">
        {control => (
          <Select
            {...control}
            value={draft.by}
            onChange={event => onChange({ ...draft, by: event.target.value === 'fingerprint' ? 'fingerprint' : 'file' })}
          >
            <option value="file">The file of a certificate</option>
            <option value="fingerprint">The fingerprint of a certificate</option>
          </Select>
        )}
      </Field>
      {draft.by === 'file' ? (
        <Field
          label="Certificate"
          hint="PEM or DER: its TLS client certificate, or that of the CA which issues them, and then all of them."
          error={errors.certificate ?? errors['certificate.file']}
        >
          {control => (
            <Input
              {...control}
              type="file"
              className="py-1.5"
              accept=".pem,.crt,.cer,.der,application/x-x509-ca-cert,application/pem-certificate-chain"
              onChange={event => onChange({ ...draft, file: event.target.files?.[0] })}
            />
          )}
        </Field>
      ) : (
        <Field
          label="SHA-256 fingerprint"
          hint="As openssl x509 -noout -fingerprint -sha256 prints it, of the client certificate itself."
          error={errors.fingerprint ?? errors['certificate.fingerprint']}
        >
          {control => (
            <TextArea
              {...control}
              rows={2}
              className="identifier"
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
              value={draft.fingerprint}
              onChange={event => onChange({ ...draft, fingerprint: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}
