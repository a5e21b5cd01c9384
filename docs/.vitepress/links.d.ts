export declare const slugify: (heading: string) => string
