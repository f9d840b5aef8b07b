/** How many texts are put together at a time: about the root of how many there usually are. */
const BLOCK_SIZE = 128;

interface Block<Item> {
	items: Set<Item>;
	/** Absent when one of the items has changed. */
	text?: string;
}

/**
 * Items in the order in which they were added, and the text of all of them.
 *
 * With each delivery one of ten thousand rows is new and one goes. So their text is kept in blocks: a
 * change costs the block that it is in, not the whole.
 */
export class TextBlocks<Item extends object> {
	private readonly blockOf = new Map<Item, Block<Item>>();
	private readonly blocks = new Set<Block<Item>>();
	private newest: Block<Item> | undefined;
	/** Of the items that have not changed since. */
	private readonly texts = new WeakMap<Item, string>();
	private readonly textOf: (item: Item) => string;

	constructor(textOf: (item: Item) => string) {
		this.textOf = textOf;
	}

	get size(): number {
		return this.blockOf.size;
	}

	/** Oldest first. What is deleted meanwhile is left out, as with a `Set`. */
	[Symbol.iterator](): IterableIterator<Item> {
		return this.blockOf.keys();
	}

	add(item: Item): void {
		const block = this.openBlock();
		block.items.add(item);
		this.blockOf.set(item, block);
		delete block.text;
	}

	/** Must be told of each change that shows in the text of an item. */
	changed(item: Item): void {
		this.texts.delete(item);
		delete this.blockOf.get(item)?.text;
	}

	delete(item: Item): void {
		const block = this.blockOf.get(item);
		if (block === undefined) return;
		this.blockOf.delete(item);
		block.items.delete(item);
		delete block.text;
		if (block.items.size > 0) return;
		this.blocks.delete(block);
		if (block === this.newest) this.newest = undefined;
	}

	get text(): string {
		let text = '';
		// `join` makes one piece of a block, `+=` leaves that to whoever needs the whole in one piece.
		for (const block of this.blocks) text += block.text ??= this.textsIn(block).join('');
		return text;
	}

	private openBlock(): Block<Item> {
		if (this.newest === undefined || this.newest.items.size >= BLOCK_SIZE) {
			this.newest = { items: new Set() };
			this.blocks.add(this.newest);
		}
		return this.newest;
	}

	private textsIn({ items }: Block<Item>): string[] {
		return Array.from(items, (item) => {
			const text = this.texts.get(item) ?? this.textOf(item);
			this.texts.set(item, text);
			return text;
		});
	}
}
