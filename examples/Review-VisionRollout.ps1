<#
.SYNOPSIS
    The time after the sign-off of Vision-to-Code: the rest of day 0, day 1 and week 1.
.DESCRIPTION
    Run it with -When 'Day 0', 'Day 1' and 'Week 1'. It confirms the plan's checklists of that time in the rollout's journal and writes the report
    again, so that the report tells the whole story. Day 0 also watches the new version for the 24 hours in which the old one is kept.

    Exit codes: 0 done, 1 error. When the watch finds a limit of the plan broken it says so; take the rollout back with Undo-Rollout.
.EXAMPLE
    ./Review-VisionRollout.ps1 -When 'Day 0'
    Confirms the immediate actions and watches for 24 hours.
.EXAMPLE
    ./Review-VisionRollout.ps1 -When 'Day 1'
    Confirms the metrics review and the feedback collection.
#>
[CmdletBinding()]
param(
    # The time after the rollout, as the plan's checklists name it.
    [Parameter(Mandatory)]
    [string] $When,

    # How long day 0 watches.
    [timespan] $WatchFor = '1.00:00:00',

    # The plan.
    [string] $Plan = [System.IO.Path]::Combine($PSScriptRoot, 'rollout.psd1'),

    # The environment of the plan.
    [string] $Environment = 'production',

    # Other addresses than those in the plan: an object or a JSON file.
    [object] $Endpoint,

    # Folder of the journals.
    [string] $JournalPath,

    # Folder of the report.
    [string] $ReportPath = [System.IO.Path]::Combine($PWD.Path, 'report'),

    # Checklists that people have confirmed. Others are asked for at the prompt.
    [string[]] $Confirmed = @()
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module VisionRollout)) { Import-Module VisionRollout }

$connection = @{ Plan = $Plan; Environment = $Environment }
if ($Endpoint)    { $connection.Endpoint = $Endpoint }
if ($JournalPath) { $connection.JournalPath = $JournalPath }
$session = Connect-Rollout @connection
try {
    $due = @($session.Plan.Checklists | Where-Object When -EQ $When)
    if (-not $due) {
        $known = [System.Linq.Enumerable]::Distinct([string[]] @($session.Plan.Checklists | Where-Object When -Match '^(Day|Week)' | ForEach-Object When)) -join "', '"
        throw "The plan has no checklist for '$When'. It has '$known'."
    }

    $rollout = Get-Rollout
    if ($rollout.Status -ne 'Succeeded') { throw "The rollout $($rollout.Rollout) is $($rollout.Status): there is nothing to review before its sign-off." }

    foreach ($checklist in $due) {
        Confirm-RolloutChecklist $checklist.Name -All:($Confirmed -contains $checklist.Name -or $Confirmed -contains '*')
    }

    if ($When -eq 'Day 0') { Watch-Rollout -For $WatchFor }
    Export-RolloutReport -Path $ReportPath -Format Html, Json, Markdown
}
finally {
    Disconnect-Rollout
}
