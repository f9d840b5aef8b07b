import fc from 'fast-check';

/** A further copy of a delivery that was sent already. */
export interface Copy {
	/**
	 * - `same`: Expert tries again with the same delivery id, time and signature.
	 * - `re-signed`: the same delivery id with a new time and signature. The vendor says neither.
	 * - `replayed`: somebody sends what he has recorded again, under a delivery id of his own.
	 */
	kind: 'same' | 're-signed' | 'replayed';
	/** Ms after the first copy has set out; of a replayed one, after the delivery was acknowledged. */
	afterMs: number;
}

const copy: fc.Arbitrary<Copy> = fc.record({
	kind: fc.constantFrom('same', 'same', 're-signed', 're-signed', 'replayed'),
	afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1000, max: 6000 })),
});

/**
 * For each delivery its further copies, one to four; the same ones for the same seed.
 *
 * @param repeatedPercent of the deliveries that have further copies at all
 */
export function schedule(seed: number, deliveries: number, repeatedPercent = 100): Copy[][] {
	const copies = fc.array(copy, { minLength: 1, maxLength: 4 });
	const all = fc.oneof(
		{ arbitrary: copies, weight: repeatedPercent },
		{ arbitrary: fc.constant<Copy[]>([]), weight: 100 - repeatedPercent },
	);
	return fc.sample(all, { seed, numRuns: deliveries, unbiased: true });
}
