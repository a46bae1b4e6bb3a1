import { byteWords, countWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import type { TypeDetail } from '@/lib/db/portal/types'
import type { TemplateReport } from '@/lib/inventory/templates'
import { RemoveTemplate } from './remove-template'
import { TemplateContents } from './template-contents'
import { TemplateUpload } from './template-upload'

interface TemplateSectionProps {
  type: TypeDetail
  report: TemplateReport | undefined
  mayEdit: boolean
}

/** The template of a type: what is in it, what it takes of a row, and another one in its place. */
export function TemplateSection({ type: { id, template }, report, mayEdit }: TemplateSectionProps) {
  return (
    <Card
      title={<span id="template">Template</span>}
      description="A profile package whose subscriber values the server fills in, so that a batch needs no packages of its own."
      actions={template && mayEdit ? <RemoveTemplate typeId={id} templateId={template.id} name={template.name} /> : null}
      className="mt-4"
    >
      <div className="flex flex-col gap-4">
        {template && report ? (
          <>
            <p>
              <span className="break-all font-medium">{template.name}</span>, {byteWords(template.bytes)},{' '}
              {countWords(report.tree.elements.length, 'element')}.{' '}
              <span className="text-quiet">
                Added <RelativeTime at={template.createdAt} /> by {template.createdBy}. It is kept encrypted, and its keys and codes are
                shown nowhere.
              </span>
            </p>
            <TemplateContents report={report} />
          </>
        ) : (
          <Notice tone="info" title="This type has no template.">
            Its batches bring a whole package for each subscriber. With a template, a table of ICCIDs, IMSIs and keys is enough.
          </Notice>
        )}
        {mayEdit ? <TemplateUpload typeId={id} replaces={template?.id ?? null} /> : null}
      </div>
    </Card>
  )
}
