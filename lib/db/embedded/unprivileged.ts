import { spawnSync } from 'node:child_process'
import { chownSync, lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** How to run PostgreSQL, which refuses uid 0, from whoever we are. */
export interface Unprivileged {
  /** Program and arguments to spawn. */
  command(exe: string, args: string[]): [string, string[]]
  /** What spawn needs beside them. */
  identity: { uid?: number; gid?: number }
  /** Who must own the database's files; undefined: whoever creates them. */
  owner?: { uid: number; gid: number }
}

const asIs: Unprivileged = { command: (exe, args) => [exe, args], identity: {} }

const nobody = { uid: 65534, gid: 65534 }

/** A user namespace in which root's files belong to uid 1000: nothing changes owner. */
const userNamespace = prefixed(['unshare', '-U', '--map-user=1000', '--map-group=1000'], { uid: 0, gid: 0 })

/** Another uid that may still walk through root's folders: for containers that forbid user namespaces. */
const otherUid = prefixed(
  [
    ...['setpriv', `--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups'],
    ...['--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'],
  ],
  nobody,
)

const plainUid: Unprivileged = { command: (exe, args) => [exe, args], identity: nobody, owner: nobody }

/** The first way that works here. */
export function unprivileged(): Unprivileged {
  if (process.getuid?.() !== 0) return asIs
  return [userNamespace, otherUid].find(works) ?? plainUid
}

/** Gives a tree to the owner that PostgreSQL needs (only root can). */
export function giveTo(folder: string, owner: Unprivileged['owner']): void {
  if (!owner || lstatSync(folder).uid === owner.uid) return
  for (const entry of readdirSync(folder, { recursive: true })) chownSync(path.join(folder, String(entry)), owner.uid, owner.gid)
  chownSync(folder, owner.uid, owner.gid)
}

function prefixed(prefix: string[], owner: { uid: number; gid: number }): Unprivileged {
  const [tool = '', ...options] = prefix
  return { command: (exe, args) => [tool, [...options, exe, ...args]], identity: {}, owner }
}

function works(way: Unprivileged): boolean {
  const [tool, args] = way.command('true', [])
  return spawnSync(tool, args, { ...way.identity, stdio: 'ignore' }).status === 0
}
