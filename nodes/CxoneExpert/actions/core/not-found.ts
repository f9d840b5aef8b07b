import type { StatusMessage } from '../../shared/failure-messages';

/**
 * What a person reads when the named thing does not exist.
 *
 * @param label as other messages name it, such as `page 42` or `the user with this name`
 */
export function notFound(label: string, description: string): StatusMessage {
	return { message: `There is no ${label.replace(/^the /, '')}`, description, isWhole: true };
}
