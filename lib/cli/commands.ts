import { auditCommands } from './audit'
import { batchCommands } from './batch'
import { bindCommands } from './bind'
import type { Command } from './command'
import { demoCommands } from './demo'
import { importCommands } from './import'
import { issueCommands } from './issue'
import { keyCommands } from './key'
import { keysCommands } from './keys'
import { moveCommands } from './move'
import { orderCommands } from './order'
import { phoneCommands } from './phone'
import { pkiCommands } from './pki'
import { profileCommands } from './profile'
import { replaceCommands } from './replace'
import { replacementsCommands } from './replacements'
import { settingsCommands } from './settings'
import { stockCommands } from './stock'
import { typeCommands } from './type'
import { userCommands } from './user'

/** Everything that the command line can do, in the order of its help. */
export const commands: readonly Command[] = [
  ...pkiCommands,
  ...keysCommands,
  ...typeCommands,
  ...importCommands,
  ...batchCommands,
  ...issueCommands,
  ...bindCommands,
  ...orderCommands,
  ...moveCommands,
  ...replaceCommands,
  ...replacementsCommands,
  ...profileCommands,
  ...stockCommands,
  ...settingsCommands,
  ...userCommands,
  ...keyCommands,
  ...auditCommands,
  ...phoneCommands,
  ...demoCommands,
]
