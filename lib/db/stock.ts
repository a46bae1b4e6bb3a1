/**
 * Rows of a batch become stock when it is approved. Readers ask the view `stock`; a statement that locks or changes `profile p`, which
 * a view with an outer join does not allow, adds this condition.
 */
export const IN_STOCK = `(p.batch_id IS NULL OR EXISTS (SELECT FROM batch WHERE batch.id = p.batch_id AND batch.state = 'approved'))`

/**
 * The eUICC to which the package of `profile p` was given. Until then `p.eid` may name the one for which a released order was bound: it stands on the
 * profile itself so that the lock on its row decides between that and a delivery.
 */
export const CLAIMED_EID = '(CASE WHEN p.binding_id IS NOT NULL THEN p.eid END)'
