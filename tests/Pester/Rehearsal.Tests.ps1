# The examples as a user runs them: the whole rollout, rehearsed in a pwsh of its own.

BeforeAll {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path

    # Runs the rehearsal and gives its exit code and its report.
    function Invoke-Rehearsal([string[]] $Arguments) {
        $report = Join-Path $TestDrive ([guid]::NewGuid().ToString('N'))
        $before = $env:PSModulePath
        try {
            $env:PSModulePath = "$root/artifacts/module" + [IO.Path]::PathSeparator + $before
            $output = pwsh -NoProfile -NonInteractive -File "$root/examples/Rehearse-VisionRollout.ps1" -ReportPath $report @Arguments 2>&1
            $code = $LASTEXITCODE
        }
        finally { $env:PSModulePath = $before }
        $json = Get-ChildItem $report -Filter *.json -ErrorAction Ignore | Select-Object -First 1
        [pscustomobject]@{
            ExitCode = $code
            Output   = $output -join "`n"
            Files    = @(Get-ChildItem $report -ErrorAction Ignore)
            Report   = if ($json) { Get-Content $json -Raw | ConvertFrom-Json }
        }
    }
}

Describe 'The rehearsal as planned' {
    BeforeAll { $run = Invoke-Rehearsal @() }

    It 'is signed off' {
        $run.ExitCode | Should -Be 0 -Because $run.Output
        $run.Report.outcome | Should -Be 'Succeeded'
    }

    It 'goes through all eight rows of the timeline' {
        $run.Report.phases | Should -HaveCount 8
        $run.Report.phases.status | Sort-Object -Unique | Should -Be 'Completed'
    }

    It 'loses, repeats and misroutes nothing' {
        $run.Report.traffic.requests | Should -BeGreaterThan 2000
        $run.Report.traffic.lost | Should -Be 0
        $run.Report.traffic.duplicated | Should -Be 0
        $run.Report.traffic.misrouted | Should -Be 0
        $run.Report.traffic.missingWrites | Should -Be 0
    }

    It 'breaks no success criterion' {
        $run.Report.criteria.finding.verdict | Should -Not -Contain 'NoGo'
    }

    It 'leaves a report in three formats' {
        $run.Files.Extension | Sort-Object | Should -Be '.html', '.json', '.md'
    }
}

Describe 'The rehearsal of a version that is too slow' {
    BeforeAll { $run = Invoke-Rehearsal @('-Fault', 'performance-degradation') }

    It 'is rolled back, and the exit code says so' {
        $run.ExitCode | Should -Be 3 -Because $run.Output
        $run.Report.outcome | Should -Be 'RolledBack'
    }

    It 'ends with all traffic on the old version' {
        $run.Report.moves[-1].weights.green | Should -Be 1
    }

    It 'loses nothing on the way back' {
        $run.Report.traffic.lost | Should -Be 0
        $run.Report.traffic.missingWrites | Should -Be 0
    }
}
