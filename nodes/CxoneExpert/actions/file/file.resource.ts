import type { Resource } from '../operation';
import { downloadFile } from './download.operation';
import { getFile } from './get.operation';
import { uploadFile } from './upload.operation';

export const fileResource: Resource = {
	value: 'file',
	name: 'File',
	description: 'A file that is attached to a page',
	operations: [downloadFile, getFile, uploadFile],
};
