/** Why a device cancelled a session, SGP.22 §5.7.14 (16 and above: v3). */
export const CANCEL_REASONS: Record<number, string> = {
  0: 'It says that the person there said no; many devices say so after a refused step as well.',
  1: 'The person at the device put it off.',
  2: 'Nobody at the device answered in time.',
  3: 'The device does not allow the policy rules of this profile.',
  4: 'The profile shown before and the package did not agree.',
  5: 'The device could not load the package.',
  16: 'The device ended the session.',
  17: 'The device does not allow enterprise profiles.',
  18: 'The rules of this enterprise profile are not allowed on the device.',
  25: 'The profile has no profile name or service provider name, which the device asks for.',
  127: 'The device gave no reason.',
}

/** Why an eUICC did not install a package, SGP.22 §2.5.6. */
export const INSTALLATION_ERRORS: Record<number, string> = {
  1: 'The eUICC found a value in the package that is not allowed.',
  2: 'The signature of the package does not hold.',
  3: 'The package belongs to another session.',
  4: 'The eUICC does not support the way in which the keys were agreed.',
  5: 'The eUICC does not know this kind of remote operation.',
  6: 'The eUICC does not take profiles of this class.',
  7: 'The protected segments are not built as the eUICC expects.',
  8: 'A protected segment could not be verified or decrypted.',
  9: 'A profile with this ICCID is on the eUICC already.',
  10: 'The eUICC has too little free memory. Delete an unused eSIM and try again with the same code.',
  11: 'The installation was interrupted. Try again with the same code.',
  12: 'The eUICC could not process an element of the profile package.',
  13: 'The ICCID or the owner in the package and in its metadata differ.',
  14: 'A test profile must carry the test network access keys, and this one does not.',
  15: 'A policy rule of this profile is not allowed on the eUICC.',
  127: 'The eUICC gave no reason.',
}

/** The command during which an installation failed, SGP.22 §2.5.6. */
export const BPP_COMMANDS: Record<number, string> = {
  0: 'InitialiseSecureChannel',
  1: 'ConfigureISDP',
  2: 'StoreMetadata',
  3: 'StoreMetadata, second part',
  4: 'ReplaceSessionKeys',
  5: 'loading the profile elements',
}
