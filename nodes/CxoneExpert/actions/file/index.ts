import type { Resource } from '../operation';
import { downloadFile } from './download';
import { getFileInfo } from './get-info';
import { uploadFile } from './upload';

export const fileResource: Resource = {
	value: 'file',
	name: 'File',
	description: 'A file that is attached to a page',
	operations: [downloadFile, getFileInfo, uploadFile],
};
