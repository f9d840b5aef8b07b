import { asExpertError, type UserMessage } from '../../api/expert-error';
import { EMPTY_EXPRESSION, type Field, mapField, refuse, textField, xmlText } from '../core/field';
import type { OperationContext } from '../core/operation';
import { changeTags, isSystemTag, type TagCalls, tagsWithout } from './tags';

const LABEL = 'Article Type';
const UNCHANGED = 'unchanged';

/** Without `article:`; empty if unchanged. An expression can give any type. */
export const articleTypeField: Field<string> = mapField(
	textField({
		displayName: LABEL,
		name: 'articleType',
		type: 'options',
		default: UNCHANGED,
		options: [
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
		],
		description:
			'What kind of article the page is. Expert reports pages without a type as structure errors. An expression can give any other type of your site.',
	}),
	(entered) => {
		const type = xmlText(entered, LABEL)
			.replace(/\s+/g, ' ')
			.replace(/^article: ?/i, '');
		if (type === '') return refuse(EMPTY);
		return type === UNCHANGED ? '' : (LONG_NAMES.get(type.toLowerCase()) ?? type);
	},
);

const EMPTY: UserMessage = {
	message: `'${LABEL}' is empty`,
	description: `Choose one from the list, or let the expression give a type, such as howto. ${EMPTY_EXPRESSION}`,
};

/** Source: docs/vendor-facts.md#tags. */
const LONG_NAMES = new Map([
	['category', 'topic-category'],
	['guide', 'topic-guide'],
]);

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
		refuse({ message, description: `${error.text} ${INSTEAD}` }, error);
	});
}

/** Running the node again would save the text once more, or refuse it because it is there. */
const INSTEAD =
	'The text need not be saved again: set what is missing in Expert, or with the operations for tags.';

function withType(type: string, before: string[]): string[] {
	return [`article:${type}`, ...before.filter((name) => !isSystemTag(name))];
}
