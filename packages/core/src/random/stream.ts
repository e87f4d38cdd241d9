export declare class RandomStream {}
