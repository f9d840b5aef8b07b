type Kind = 'kept' | 'added' | 'removed';

/** One after the other: what is the same, what came and what went. */
export interface Edit {
	kind: Kind;
	/** As it was, of what came as it is. */
	text: string;
	/** Of what is the same: as it is. */
	now: string;
}

/** The shortest way from one list to the other; what comes stands before what goes. */
export function editsOf(
	before: string[],
	after: string[],
	keyOf: (text: string) => string,
): Edit[] {
	const [old, now] = [before.map(keyOf), after.map(keyOf)];
	const common = commonLengths(old, now);
	const edits: Edit[] = [];
	let [from, to] = [0, 0];
	const add = (kind: Kind) => {
		const text = kind === 'added' ? after[to]! : before[from]!;
		edits.push({ kind, text, now: after[to] ?? '' });
		if (kind !== 'added') from++;
		if (kind !== 'removed') to++;
	};
	while (from < old.length || to < now.length) {
		if (from < old.length && old[from] === now[to]) add('kept');
		else if (to < now.length && common(from, to + 1) >= common(from + 1, to)) add('added');
		else add('removed');
	}
	return edits;
}

/** Above it, what is between the same ends counts as replaced. */
const MAX_CELLS = 4_000_000;

/** How many the rests of both lists have in common; -1 behind the end of one. */
function commonLengths(old: string[], now: string[]): (from: number, to: number) => number {
	const start = sameAtStart(old, now);
	const end = sameAtStart(old.slice(start).reverse(), now.slice(start).reverse());
	const [rows, width] = [old.length - start - end + 1, now.length - start - end + 1];
	const cells = new Uint32Array(rows * width <= MAX_CELLS ? rows * width : 0);
	for (let row = rows - 2; row >= 0 && cells.length > 0; row--) {
		for (let column = width - 2; column >= 0; column--) {
			const at = row * width + column;
			const isSame = old[start + row] === now[start + column];
			cells[at] = isSame
				? cells[at + width + 1]! + 1
				: Math.max(cells[at + width]!, cells[at + 1]!);
		}
	}
	return (from, to) => {
		const [row, column] = [from - start, to - start];
		return row < rows && column < width ? (cells[row * width + column] ?? 0) : -1;
	};
}

function sameAtStart(one: string[], other: string[]): number {
	const different = one.findIndex((part, index) => part !== other[index]);
	return different === -1 ? one.length : different;
}
