import type { Metadata } from 'next'
import { PageHeader } from '@/components/shell/page-header'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { typeNames } from '@/lib/db/portal/types'
import { UploadRoom } from './upload-room'

export const metadata: Metadata = { title: 'Upload' }

export default async function UploadPage() {
  await requirePage('batch:upload')
  const types = await typeNames(database())
  return (
    <>
      <PageHeader
        title="Upload"
        description="Each package is read and checked. What holds becomes stock and can be issued at once; what does not is refused with the reason."
      />
      <UploadRoom types={types} />
    </>
  )
}
