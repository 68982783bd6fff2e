namespace VisionRollout.Core.Plan;

/// <summary>Kinds of channels.</summary>
public enum ChannelKind
{
    /// <summary>A chat with an incoming webhook (Slack).</summary>
    Chat,

    /// <summary>A status page.</summary>
    StatusPage,
}
