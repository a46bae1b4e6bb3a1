import { redirect } from 'next/navigation'
import { requirePage } from '@/lib/action'

export default async function Start() {
  await requirePage('profile:read')
  redirect('/profiles')
}
