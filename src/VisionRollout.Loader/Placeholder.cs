namespace VisionRollout.Loader;
