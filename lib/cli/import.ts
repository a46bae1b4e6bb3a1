import { basename } from 'node:path'
import { importPackages, type PackageFile } from '@/lib/inventory/import-packages'
import { defaultTypeName, TypeInput } from '@/lib/inventory/types'
import { packagesFromUpload } from '@/lib/inventory/zip'
import { type Command, command, FilePath, manyArguments, option } from './command'
import { AlreadyTold, sentenceOf, UsageError } from './failure'
import { withRuntime } from './with-runtime'

/** The packages of all files; a file that cannot be read is told like a package that cannot be taken. */
async function* packagesOf(files: string[]): AsyncIterable<PackageFile> {
  for (const file of files) {
    const name = basename(file)
    const packages = packagesFromUpload(file, name)[Symbol.asyncIterator]()
    for (;;) {
      const next = await packages.next().catch((error: unknown) => ({ problem: sentenceOf(error) }))
      if ('problem' in next) yield { name, bytes: Buffer.alloc(0), problem: next.problem }
      if ('problem' in next || next.done) break
      yield next.value
    }
  }
}

const importFiles = command({
  name: 'import',
  forms: ['FILE… [--type NAME]'],
  summary: 'Take profile packages into stock: .der files, or .zip files of them',
  notes: ['What cannot be taken is told with its reason and does not stop the others; then the exit code is 1.'],
  options: { type: option('NAME', `The profile type; without it the one named ${defaultTypeName}`, TypeInput.shape.name) },
  arguments: manyArguments('FILE', FilePath),
  run: ({ options: { type: typeName = defaultTypeName }, arguments: files, out }) => {
    if (files.length === 0) throw new UsageError('FILE is missing.')
    return withRuntime(async ({ db, vault, actor, now }) => {
      const onProgress = (done: number) => out.progress(`… ${done} ${done === 1 ? 'package' : 'packages'}`)
      const report = await importPackages(db, { actor, now, vault }, { typeName, files: packagesOf(files), onProgress })
      out.progress('')
      out.answer({ type: typeName, ...report }, () => {
        for (const { iccid, file, packageName, saipVersion, warnings } of report.added) {
          out.line(`${iccid}  ${[packageName, `SAIP ${saipVersion}`, file].filter(Boolean).join(', ')}`)
          for (const warning of warnings) out.line(`  ${warning}`)
        }
        out.line(`Added ${report.added.length} to the type ${typeName}, refused ${report.refused.length}.`)
      })
      for (const { file, reason } of report.refused) out.note(`${file} was refused: ${reason}`)
      if (report.refused.length > 0) throw new AlreadyTold()
    })
  },
})

export const importCommands: Command[] = [importFiles]
