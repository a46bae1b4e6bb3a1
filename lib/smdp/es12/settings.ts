/** Which SM-DS this server speaks to, and how. */
export interface SmdsSettings {
  /** A PEM file with the CAs of their TLS certificates, absolute; undefined: the CIs that this server trusts */
  caFile?: string | undefined
  /** By their address, in small letters: where ES12 of each is served. None: any SM-DS, each at its own address */
  servers: Readonly<Record<string, string>>
  /** Whether they shall hand events on to the root SM-DS */
  forwarding: boolean
}
