/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  turbopack: { root: import.meta.dirname },
  // They hold native code, WebAssembly or one instance for both module graphs.
  serverExternalPackages: ['pg', '@prisma/client', '@prisma/adapter-pg', '@node-rs/argon2', 'pkijs', 'asn1js'],
  // `npm test` checks types; a start need not.
  typescript: { ignoreBuildErrors: true },
  experimental: { authInterrupts: true },
}
