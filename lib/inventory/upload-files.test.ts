import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newUploadPath, removeLeftUploads } from './upload-files'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'upload-files-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

test('an upload that a killed process has left is removed, one of a process that runs is not', async () => {
  const folder = join(dataDir, 'uploads')
  mkdirSync(folder)
  const gone = spawnSync(process.execPath, ['--version']).pid
  const names = [`${gone}-aa`, `${process.ppid}-bb`, `${process.pid}-cc`, 'dd']
  for (const name of names) writeFileSync(join(folder, name), 'secret')
  expect(await removeLeftUploads(dataDir)).toBe(3)
  expect(readdirSync(folder)).toEqual([`${process.ppid}-bb`])
})

test('an upload bears the number of its process', async () => {
  const path = await newUploadPath(dataDir)
  expect(path.startsWith(join(dataDir, 'uploads', `${process.pid}-`))).toBe(true)
  expect(existsSync(path)).toBe(false)
})

test('without uploads there is nothing to remove', async () => {
  expect(await removeLeftUploads(dataDir)).toBe(0)
})
