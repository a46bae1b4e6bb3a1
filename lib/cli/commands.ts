import type { Command } from './command'
import { demoCommands } from './demo'
import { importCommands } from './import'
import { issueCommands } from './issue'
import { orderCommands } from './order'
import { phoneCommands } from './phone'
import { pkiCommands } from './pki'
import { profileCommands } from './profile'
import { typeCommands } from './type'
import { userCommands } from './user'

/** Everything that the command line can do, in the order of its help. */
export const commands: readonly Command[] = [
  ...pkiCommands,
  ...typeCommands,
  ...importCommands,
  ...issueCommands,
  ...orderCommands,
  ...profileCommands,
  ...userCommands,
  ...phoneCommands,
  ...demoCommands,
]
