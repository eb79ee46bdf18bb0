/** How far long work has come; the terminal draws it, a pipe ignores it. */
export type Progress = (done: number, total: number, label: string) => void;
