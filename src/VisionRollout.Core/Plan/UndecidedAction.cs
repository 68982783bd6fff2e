namespace VisionRollout.Core.Plan;

/// <summary>What an undecided stage or gate does at its deadline. It is never promoted.</summary>
public enum UndecidedAction
{
    /// <summary>Stop there and leave the decision to people; traffic stays as it is.</summary>
    Hold,

    /// <summary>Extend by the plan's extension, then hold.</summary>
    Extend,

    /// <summary>Roll back.</summary>
    RollBack,
}
