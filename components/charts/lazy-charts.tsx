'use client'

import dynamic from 'next/dynamic'
import { Skeleton } from '@/components/ui/skeleton'

const OnItsWay = () => <Skeleton className="h-full" />

// The library is as big as all the rest of the page: it comes behind the figures.
export const StackedDays = dynamic(() => import('./day-charts').then(({ StackedDays }) => StackedDays), { ssr: false, loading: OnItsWay })
export const LinesOverDays = dynamic(() => import('./day-charts').then(({ LinesOverDays }) => LinesOverDays), {
  ssr: false,
  loading: OnItsWay,
})
