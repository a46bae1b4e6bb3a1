import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { requirePage } from '@/lib/action'
import { vendorNames } from '@/lib/db/batches/vendor-rows'
import { database } from '@/lib/db/pool'
import { defaultTypeName, listTypes } from '@/lib/inventory/types'
import { aboutUpload } from '../about'
import { UploadRoom } from './upload-room'

export const metadata: Metadata = { title: 'Upload' }

export default async function UploadPage() {
  await requirePage('batch:upload')
  const db = database()
  const [types, vendors] = await Promise.all([listTypes(db), vendorNames(db)])
  const shown = types.map(({ id, name, live, templateId }) => ({ id, name, live, hasTemplate: templateId !== null }))
  const known = shown.some(({ name }) => name === defaultTypeName)
  return (
    <>
      <header>
        <Link href="/batches" className="rounded text-quiet text-sm hover:text-foreground">
          Batches
        </Link>
      </header>
      <PageHeader title="Upload" description={aboutUpload} />
      <UploadRoom
        types={known ? shown : [...shown, { id: null, name: defaultTypeName, live: false, hasTemplate: false }]}
        vendors={vendors}
      />
    </>
  )
}
