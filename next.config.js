// Content-Security-Policy and Strict-Transport-Security depend on the request: the front door sets them.
const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
]

/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  headers: async () => [
    { source: '/:path*', headers: securityHeaders },
    // A customer's page has its token in its address; what is set here goes before what its route says.
    { source: '/e/:path*', headers: [{ key: 'Referrer-Policy', value: 'no-referrer' }] },
  ],
  turbopack: { root: import.meta.dirname },
  // They hold native code, WebAssembly or one instance for both module graphs.
  serverExternalPackages: [
    'pg',
    '@prisma/client',
    '@prisma/adapter-pg',
    '@node-rs/argon2',
    'pkijs',
    'asn1js',
    'graphile-worker',
    'nodemailer',
    'pg-copy-streams',
    'openpgp',
    'pdfkit',
  ],
  // `npm test` checks types; a start need not.
  typescript: { ignoreBuildErrors: true },
  experimental: { authInterrupts: true },
}
