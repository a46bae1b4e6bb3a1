import { z } from 'zod'
import type { Verb } from '@/lib/accounts/roles'

/** In the order in which they are shown. */
export const TAGS = {
  Types: 'What profiles are of, and what their orders are like unless an order says otherwise.',
  Stock: 'How many profiles there are, and each of them with its order and its timeline.',
  Orders: 'Codes: issued, released, cancelled, and what became of them.',
  Runs: 'Many codes at once, all or none.',
  Links: 'The page that a customer opens.',
} as const
export type Tag = keyof typeof TAGS

/** One function of the API: what it takes, who may, and what it answers. Routes, tests and the document are made of these. */
export interface ApiCall<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  /** As code that is made of the document calls it */
  operationId: string
  method: 'GET' | 'POST' | 'DELETE'
  /** Below /api/v1 */
  path: `/${string}`
  verb: Verb
  tag: Tag
  summary: string
  description: string
  params: Params
  query: Query
  body: Body
  status: 200 | 201
  answer: Answer
  /** It must carry an Idempotency-Key. */
  once?: true
}

/** For what a call does not take */
export const nothing = z.strictObject({})

export const defineCall = <Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType>(
  call: ApiCall<Params, Query, Body, Answer>,
): ApiCall<Params, Query, Body, Answer> => call
