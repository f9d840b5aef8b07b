import type { ApiCall, ApiClient, ApiResponse } from './client';
import type { ApiFailure, Task } from './failure';
import { failed, type Result, success } from './result';
import type { XmlElement } from './xml';

/** What a call was for, so that its failure can say it. */
export interface About {
	task: Task;
	/** What the task was about, e.g. the name of an event. */
	subject?: string;
}

/** A failure that names its task. One that names a task already is that of an earlier call. */
export function failedAt(about: About, failure: ApiFailure): Result<never> {
	return failed({ ...about, ...failure });
}

/** The root element of a response, which must have this name. */
export function rootOf(
	result: Result<ApiResponse>,
	name: string,
	about: About,
): Result<XmlElement> {
	if (!result.ok) return failedAt(about, result.failure);
	const { status, document } = result.value;
	if (document?.name === name) return success(document.root);
	return failed({ kind: 'unexpected', status, ...about });
}

/** Makes a call and gives the root element of its response, which must have this name. */
export async function readRoot(
	api: ApiClient,
	call: ApiCall,
	name: string,
	about: About,
): Promise<Result<XmlElement>> {
	return rootOf(await api.call(call), name, about);
}
