namespace VisionRollout.Core;
