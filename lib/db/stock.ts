/**
 * Rows of a batch become stock when it is approved. Readers ask the view `stock`; a statement that locks or changes `profile p`, which
 * a view with an outer join does not allow, adds this condition.
 */
export const IN_STOCK = `(p.batch_id IS NULL OR EXISTS (SELECT FROM batch WHERE batch.id = p.batch_id AND batch.state = 'approved'))`
