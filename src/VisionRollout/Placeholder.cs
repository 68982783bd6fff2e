namespace VisionRollout;
