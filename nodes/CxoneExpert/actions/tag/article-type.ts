import { asExpertError } from '../../api/expert-error';
import { type Field, mapField, noChoice, refuse, textField, xmlText } from '../../parameters/field';
import type { OperationContext } from '../core/operation';
import { oneSpelling } from './field';
import { changeTags, isSystemTag, type TagCalls, tagsWithout } from './tags';

const LABEL = 'Article Type';
const UNCHANGED = 'unchanged';

const CHOICES = [
	{ name: 'Category', value: 'category' },
	{ name: 'Guide', value: 'guide' },
	{ name: 'How-To', value: 'howto' },
	{ name: 'Reference', value: 'reference' },
	{ name: 'Topic', value: 'topic' },
	{
		name: 'Unchanged',
		value: UNCHANGED,
		description: 'The page keeps the type that it has, if any',
	},
];

const VALUES = CHOICES.map(({ value }) => value);

/** Names that tags have for these types. Source: docs/vendor-facts.md#tags. */
const LONG_NAMES: Record<string, string> = { category: 'topic-category', guide: 'topic-guide' };

/** Drops `article:`; empty if unchanged. An expression can give any type, a model only one of the list. */
export const articleTypeField: Field<string> = mapField(
	textField({
		displayName: LABEL,
		name: 'articleType',
		type: 'options',
		default: UNCHANGED,
		options: CHOICES,
		description:
			'What kind of article the page is. Expert reports pages without a type as structure errors. An expression can give any other type of your site; an AI agent can only choose from the list.',
	}),
	(entered, { isTool = false }) => {
		const type = oneSpelling(xmlText(entered, LABEL)).replace(/^article: ?/i, '');
		const value = choiceOf(type);
		if (value !== undefined) return value === UNCHANGED ? '' : (LONG_NAMES[value] ?? value);
		return type === '' || isTool ? noChoice(type, LABEL, VALUES) : type;
	},
);

/** Finds a choice however it is spelled: another spelling would make another type, or rename this one on all pages. */
function choiceOf(type: string): string | undefined {
	const wanted = withoutSpelling(type);
	return VALUES.find((value) => [value, LONG_NAMES[value] ?? value].map(withoutSpelling).includes(wanted));
}

function withoutSpelling(type: string): string {
	return type.toLowerCase().replace(/[\s_\p{Pd}]+/gu, '');
}

interface NewTags {
	/** Replaces the tag that makes a page an article of a type; empty if unchanged. */
	articleType: string;
	/** Added to those that are there. */
	tags?: string[];
}

/** @param done what is true even if this fails */
export async function setTags(
	run: OperationContext,
	calls: TagCalls,
	{ articleType, tags = [] }: NewTags,
	done: string,
): Promise<void> {
	if (articleType === '' && tags.length === 0) return;
	const wanted = (before: string[]) => {
		const typed = articleType === '' ? before : withType(articleType, before);
		return [...typed, ...tagsWithout(tags, typed)];
	};
	const unset = tags.length > 0 ? 'tags are' : 'article type is';
	await changeTags(run, calls, wanted).catch((thrown: unknown) => {
		const error = asExpertError(thrown);
		const message = `${done}, but its ${unset} not set`;
		refuse({ message, ...error.textsWith(INSTEAD) }, error);
	});
}

/** Running the node again would save the text once more, or refuse it because it is there. */
const INSTEAD = 'The text need not be saved again: set what is missing in Expert, or with the operations for tags.';

function withType(type: string, before: string[]): string[] {
	return [`article:${type}`, ...before.filter((name) => !isSystemTag(name))];
}
