import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { measureCryptoFloor } from '@/lib/rsp/bench/crypto-floor'
import { address, Laboratory } from '../testing/laboratory'
import { authenticateServerResponse, installationResult, makeEuiccs, modelOf, prepareDownloadResponse } from './light-euicc'
import { readOptions, stagesOf } from './options'
import { profileLines, readProfile } from './profile-report'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

test('the light eUICC downloads and installs as the server sees it', async () => {
  const { iccid, matchingId } = await lab.issued()
  const pki = lab.pki.get('P-256')
  if (!pki) throw new Error('no PKI')
  const [euicc] = makeEuiccs(pki.eum, 1)
  if (!euicc) throw new Error('no eUICC')
  const model = modelOf(lab.card())
  const euiccChallenge = randomBytes(16).toString('base64')
  const initiated = await lab.call('initiateAuthentication', { euiccChallenge, euiccInfo1: model.euiccInfo1, smdpAddress: address })
  const serverSigned1 = Buffer.from(String(initiated.json.serverSigned1), 'base64')
  const { transactionId, response } = authenticateServerResponse(euicc, model, serverSigned1, matchingId)
  const id = { transactionId: initiated.json.transactionId }
  const offer = await lab.call('authenticateClient', { ...id, authenticateServerResponse: response.toString('base64') })
  const wish = prepareDownloadResponse(euicc, transactionId, Buffer.from(String(offer.json.smdpSignature2), 'base64'))
  const bound = await lab.call('getBoundProfilePackage', { ...id, prepareDownloadResponse: wish.toString('base64') })
  expect(bound.json.header?.functionExecutionStatus.status).toBe('Executed-Success')
  const result = installationResult(euicc, transactionId, address, iccid)
  expect(await lab.call('handleNotification', { pendingNotification: result.toString('base64') })).toMatchObject({ status: 204 })
  expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
})

test('the crypto floor counts whole downloads', () => {
  const { downloads, seconds, cpuSeconds } = measureCryptoFloor(0.05)
  expect(downloads).toBeGreaterThan(0)
  expect(seconds).toBeGreaterThanOrEqual(0.05)
  expect(cpuSeconds).toBeGreaterThan(0)
})

test('--full measures with 1,000 and 1,000,000 in stock and after 100,000 downloads', () => {
  const stages = stagesOf(readOptions(['--full']))
  expect(stages.map(({ stock, downloads }) => [stock, downloads])).toEqual([
    [1_000, 0],
    [1_000_000, 0],
    [1_000_000, 100_000],
  ])
  expect(stagesOf(readOptions(['--mode', 'plain', '--stock', '5']))).toEqual([{ stock: 5, downloads: 0, modes: ['plain'] }])
  expect(() => readOptions(['--seconds', 'many'])).toThrow('--seconds')
})

test('a profile is told without idle time, native functions with who calls them', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 })
  const report = readProfile({
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('verifyOneShot', 'node:internal/crypto/sig'), children: [4] },
      { id: 4, callFrame: frame('run') },
    ],
    samples: [2, 3, 4, 4],
    timeDeltas: [0, 500, 100, 200, 100],
  })
  expect(report.busyPercent).toBeCloseTo(44.4, 0)
  expect(report.places).toEqual([{ name: 'node:internal/crypto/sig', selfPercent: 100, inclusivePercent: 100 }])
  expect(report.functions.find(({ name }) => name.startsWith('run'))).toMatchObject({ selfPercent: 75 })
  expect(profileLines(report, 2).join('\n')).toContain('1.500 ms  run  native, for node:internal/crypto/sig')
})
