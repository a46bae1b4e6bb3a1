'use client'

import { Download } from 'lucide-react'
import Link from 'next/link'
import { csv, saveFile } from '@/components/csv'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import type { UploadReport } from './upload-lines'

const shown = 100

function save({ added, refused }: UploadReport) {
  const rows = [
    ...added.map(row => [row.file, 'added', row.iccid, row.packageName, row.saipVersion, row.warnings.join(' ')]),
    ...refused.map(row => [row.file, 'refused', '', '', '', row.reason]),
  ]
  saveFile('upload-report.csv', 'text/csv;charset=utf-8', csv([['file', 'result', 'iccid', 'name', 'saipVersion', 'remarks'], ...rows]))
}

const More = ({ count, listed }: { count: number; listed: number }) =>
  count > shown ? (
    <p className="mt-2 text-quiet">
      And {numberWords(count - shown)} more: the file has {listed < count ? `the first ${numberWords(listed)}` : 'them all'}.
    </p>
  ) : null

/** What became of every package: added with a link, or refused with the reason. */
export function UploadReportCard({ report, type }: { report: UploadReport; type: string }) {
  const { added, refused, addedCount, refusedCount } = report
  return (
    <Card
      title="Report"
      actions={
        <Button size="sm" onClick={() => save(report)}>
          <Download aria-hidden /> Save as CSV
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {added.length > 0 ? (
          <Notice tone="good" title={`${countWords(addedCount, 'profile')} added to stock.`} live>
            <Link
              href={`/profiles?${new URLSearchParams({ type, state: 'Available', sort: '-added' })}`}
              className="rounded text-accent hover:underline"
            >
              See them and issue codes
            </Link>
          </Notice>
        ) : null}
        {refused.length > 0 ? (
          <section aria-label="Refused packages">
            <Notice tone="bad" title={`${countWords(refusedCount, 'package')} refused.`} live />
            <ul className="mt-2 divide-y rounded-md border">
              {refused.slice(0, shown).map(row => (
                <li key={`${row.file} ${row.reason}`} className="px-3 py-2">
                  <p className="break-all font-medium">{row.file}</p>
                  <p className="text-quiet">{row.reason}</p>
                </li>
              ))}
            </ul>
            <More count={refusedCount} listed={refused.length} />
          </section>
        ) : null}
        {added.length > 0 ? (
          <section aria-label="Added profiles">
            <ul className="divide-y rounded-md border">
              {added.slice(0, shown).map(row => (
                <li key={row.iccid} className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-3 py-2">
                  <Link href={`/profiles/${row.iccid}`} className="identifier rounded font-medium text-accent hover:underline">
                    {row.iccid}
                  </Link>
                  <span className="min-w-0 text-quiet">
                    {[row.packageName, `SAIP ${row.saipVersion}`, row.file].filter(Boolean).join(' · ')}
                  </span>
                  {row.warnings.map(warning => (
                    <span key={warning} className="w-full text-warn">
                      {warning}
                    </span>
                  ))}
                </li>
              ))}
            </ul>
            <More count={addedCount} listed={added.length} />
          </section>
        ) : null}
      </div>
    </Card>
  )
}
