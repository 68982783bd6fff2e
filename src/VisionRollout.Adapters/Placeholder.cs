namespace VisionRollout.Adapters;
