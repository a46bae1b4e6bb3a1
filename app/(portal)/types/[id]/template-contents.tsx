import { Notice } from '@/components/ui/notice'
import type { TemplateReport } from '@/lib/inventory/templates'
import { TemplateTree } from './template-tree'
import { TemplateValues } from './template-values'

/** What is in a template, and what it takes of a row. */
export const TemplateContents = ({ report }: { report: TemplateReport }) => (
  <>
    {report.warnings.length > 0 ? (
      <Notice tone="warn" title="It can be used, but this is unusual:">
        <ul className="list-disc pl-5">
          {report.warnings.map(warning => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      </Notice>
    ) : null}
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
      <TemplateTree tree={report.tree} />
      <TemplateValues report={report} />
    </div>
  </>
)
