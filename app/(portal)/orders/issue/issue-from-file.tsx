'use client'

import { FileSpreadsheet } from 'lucide-react'
import { useCallback, useState } from 'react'
import type { EidPolicy } from '@/components/profile/eid-field'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { ChooseRows } from './choose-rows'
import { checkFile } from './file-actions'
import { type FileReport, mostFileBytes } from './file-report'
import { IssueRows } from './issue-rows'

interface IssueFromFileProps {
  types: { name: string; live: boolean }[]
  eidPolicy: EidPolicy
}

/** Issues codes for the rows of a file: for profiles by ICCID, for devices by EID, or for pairs of both. */
export function IssueFromFile({ types, eidPolicy }: IssueFromFileProps) {
  const [open, setOpen] = useState(false)
  const [issuing, setIssuing] = useState(false)
  const [file, setFile] = useState<File>()
  const [report, setReport] = useState<FileReport>()
  const { run, refuse, pending, message } = useAction(
    checkFile,
    useCallback((read: FileReport) => setReport(read), []),
  )
  const startAgain = () => {
    setFile(undefined)
    setReport(undefined)
    refuse('')
  }
  const show = (shown: boolean) => {
    setOpen(shown)
    startAgain()
  }
  const choose = (chosen: File) => {
    if (chosen.size > mostFileBytes) return refuse('The file is larger than 1 MB. Split it: a run takes up to 20,000 rows.')
    if (chosen.size === 0) return refuse('The file is empty.')
    setFile(chosen)
    const form = new FormData()
    form.set('file', chosen)
    run(form)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={show}
      busy={pending || issuing}
      trigger={
        <Button disabled={types.length === 0}>
          <FileSpreadsheet aria-hidden /> Issue from a file…
        </Button>
      }
      title="Issue from a file"
      description={
        report ? undefined : 'An order for each line: of a profile by its ICCID, for a device by its EID, or for a pair of both.'
      }
    >
      {report && file ? (
        <IssueRows file={file} report={report} types={types} eidPolicy={eidPolicy} onOther={startAgain} onIssuing={setIssuing} />
      ) : (
        <div className="flex flex-col gap-4">
          <ChooseRows pending={pending} onChosen={choose} />
          {message ? (
            <Notice tone="bad" title={problemTitle('This cannot be read.', message)} live>
              {message}
            </Notice>
          ) : null}
          <footer className="flex justify-end">
            <DialogClose asChild>
              <Button>Not now</Button>
            </DialogClose>
          </footer>
        </div>
      )}
    </Dialog>
  )
}
