/** The package that is downloaded, under other ICCIDs: GSMA TS.48, 12 kB. */
export const packageName = 'TS48v3_SAIP2.3_BERTLV.der'
