import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { authOptions } from '@/lib/accounts/auth-options'
import { database } from '@/lib/db/pool'
import { vault } from '@/lib/vault/vault'

async function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  return NextAuth(request, context, await authOptions(database(), vault()))
}

export { handler as GET, handler as POST }
